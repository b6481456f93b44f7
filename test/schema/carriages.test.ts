import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import { isDocumentPath } from '../../schema/validate/select.js';
import { type SourceFile, sourceFile } from '../../schema/validate/source-file.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { blocks } from '../docs/markdown.js';

const repository = fileURLToPath(new URL('../fixtures/carriages/', import.meta.url));

function files(change: (path: string, text: string) => string = (_path, text) => text): SourceFile[] {
  return readdirSync(repository, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter(isDocumentPath)
    .map((path) => sourceFile(path, Buffer.from(change(path, readFileSync(repository + path, 'utf8')))));
}

const told = (found = validateFiles(files()).diagnostics) =>
  found.map(({ id, range: { filename, start } }) => `${filename}:${start.line}:${start.column} ${id}`);

/** The documents of the page on link types, with what they refer to. */
function documented(): SourceFile[] {
  const page = readFileSync(join(packageRoot(), 'docs/how-to/link-types.md'), 'utf8');
  const texts = blocks(page).flatMap(({ language, text }) => (language === 'yaml' ? [text] : []));
  const sites = ['office', 'campus', 'hotel', 'home'];
  const site = (name: string) => `apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata: {name: ${name}}\nspec: {}\n`;
  return [...texts, ...sites.map(site)].map((text, index) => ({ path: `desired/${index}.yaml`, text }));
}

describe('the page on link types', () => {
  it('shows every type, in documents that are valid together', () => {
    const { documents, diagnostics } = validateFiles(documented());
    expect(diagnostics).toEqual([]);
    const paths = documents.flatMap(({ document }) =>
      document.kind === 'Network' ? [...(document.spec.within ?? []), ...(document.spec.between ?? [])] : [],
    );
    const types = new Set(paths.map(({ link }) => link?.type ?? 'udp'));
    expect([...types].sort()).toEqual(['http', 'ssh', 'stun', 'tcp', 'tls', 'udp', 'wireguard']);
  });
});

describe('how links cross paths', () => {
  it('has each mistake told at its place, and nothing else', () => {
    expect(told()).toEqual([
      'desired/networks.yaml:15:20 VIRT3025',
      'desired/networks.yaml:29:14 VIRT4007',
      'inventory/hosts.yaml:15:9 VIRT3023',
      'inventory/hosts.yaml:38:9 VIRT3022',
      'inventory/network.yaml:9:15 VIRT3020',
      'inventory/network.yaml:13:15 VIRT3020',
      'inventory/network.yaml:15:20 VIRT3021',
      'inventory/network.yaml:21:17 VIRT3019',
      'inventory/network.yaml:27:15 VIRT3020',
    ]);
  });

  it('wants an SSH server where the smaller name is, when no site is named', () => {
    const unnamed = files((_path, text) => text.replace('        listen: north\n    - sites', '    - sites'));
    const found = told(validateFiles(unnamed).diagnostics).filter((line) => line.includes('VIRT3022'));
    expect(found).toEqual(['inventory/hosts.yaml:4:9 VIRT3022', 'inventory/hosts.yaml:38:9 VIRT3022']);
  });

  it('says what asks for what a host lacks, and what to do', () => {
    const { diagnostics } = validateFiles(files());
    const missing = diagnostics.filter(({ id }) => id === 'VIRT3022' || id === 'VIRT3023');
    for (const { summary, detail } of missing) {
      expect(summary).toMatch(/^The host has no `(ssh|agentKey)`, but .*inventory\/network\.yaml:\d+ asks for links/);
      expect(detail).toMatch(/^Add `(ssh|agentKey)`/);
    }
    const keepAlive = diagnostics.find(({ id }) => id === 'VIRT4007');
    expect(keepAlive?.summary).toBe('`keepAlive` must be between 100 ms and 60 s, not 61s.');
  });

  it('tells nothing of hosts while a Network cannot be read', () => {
    const broken = files((path, text) =>
      path.endsWith('network.yaml') ? text.replace('type: udp', 'type: pigeon') : text,
    );
    const found = told(validateFiles(broken).diagnostics);
    expect(found.filter((line) => /VIRT3019|VIRT302[0-3]/.test(line))).toEqual([]);
    expect(found).toContain('inventory/network.yaml:8:15 VIRT2008');
  });

  it('refuses addresses and ports that cannot be', () => {
    const at = (server: string) =>
      told(validateFiles(files((_path, text) => text.replace('192.0.2.250:3478', server))).diagnostics);
    for (const server of ['192.0.2.250:65536', '192.0.2.256:1', '192.0.2.250', 'stun.example:3478', '192.0.2.250:0'])
      expect(at(server), server).toContain('inventory/network.yaml:13:15 VIRT2007');
    expect(at('192.0.2.250:65535')).toContain('inventory/network.yaml:13:15 VIRT3020');
  });
});
