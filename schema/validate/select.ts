/** Top-level folders of a repository that hold documents. */
const documentFolders = ['inventory', 'desired', 'policies'] as const;

/**
 * Whether a file of a repository is read: YAML, at any depth, below one of the document folders. Hidden files and folders are not.
 * @param path relative to the repository's root, `/` between its parts
 */
export function isDocumentPath(path: string): boolean {
  const parts = path.split('/');
  const isHidden = parts.some((part) => part.startsWith('.'));
  return !isHidden && parts.length > 1 && documentFolders.some((folder) => folder === parts[0]) && isYaml(path);
}

function isYaml(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.yml');
}
