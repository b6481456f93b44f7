import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDocumentPath } from '../../schema/validate/select.js';
import { type SourceFile, sourceFile } from '../../schema/validate/source-file.js';

export const plantedRepository = fileURLToPath(new URL('../fixtures/planted/', import.meta.url));

/** Every mistake planted in the fixtures, and in the files made below: where it is, and the rule that it breaks. */
export const planted: readonly string[] = [
  'desired/indent.yaml:5:3 VIRT1005',
  'desired/indent.yaml:8:1 VIRT2001',
  'desired/networks.yaml:14:8 VIRT3005',
  'desired/networks.yaml:15:10 VIRT3006',
  'desired/networks.yaml:22:8 VIRT2006',
  'desired/networks.yaml:24:8 VIRT2009',
  'desired/open.yaml:4:9 VIRT1004',
  'desired/parameters.yaml:7:9 VIRT2008',
  'desired/parameters.yaml:10:7 VIRT3007',
  'desired/parameters.yaml:23:5 VIRT2010',
  'desired/parameters.yaml:31:13 VIRT4007',
  'desired/parameters.yaml:33:11 VIRT4003',
  'desired/parameters.yaml:34:15 VIRT2007',
  'desired/parameters.yaml:37:5 VIRT1003',
  'desired/parameters.yaml:40:11 VIRT2009',
  'desired/parameters.yaml:42:13 VIRT2002',
  'desired/parameters.yaml:43:7 VIRT2003',
  'desired/tab.yaml:4:1 VIRT1002',
  'desired/vms.yaml:15:12 VIRT3014',
  'desired/vms.yaml:17:12 VIRT3003',
  'desired/vms.yaml:18:16 VIRT3004',
  'desired/vms.yaml:20:12 VIRT3012',
  'desired/vms.yaml:21:20 VIRT3006',
  'desired/vms.yaml:24:11 VIRT3015',
  'desired/vms.yaml:27:11 VIRT3006',
  'desired/vms.yaml:31:18 VIRT2007',
  'desired/vms.yaml:40:11 VIRT4002',
  'desired/vms.yaml:42:13 VIRT3002',
  'desired/vms.yaml:53:12 VIRT3006',
  'desired/vms.yaml:54:11 VIRT2008',
  'desired/windows.yaml:2:7 VIRT3007',
  'desired/windows.yaml:7:11 VIRT4003',
  'desired/windows.yaml:8:15 VIRT4004',
  'desired/windows.yaml:12:14 VIRT4014',
  'desired/windows.yaml:15:24 VIRT4006',
  'inventory/hosts.yaml:11:13 VIRT3009',
  'inventory/hosts.yaml:13:16 VIRT2007',
  'inventory/hosts.yaml:22:9 VIRT3006',
  'inventory/hosts.yaml:28:11 VIRT2007',
  'inventory/hosts.yaml:40:12 VIRT2007',
  'inventory/hosts.yaml:42:18 VIRT2009',
  'inventory/hosts.yaml:47:9 VIRT2007',
  'inventory/hosts.yaml:48:1 VIRT2005',
  'inventory/hosts.yaml:50:15 VIRT2010',
  'desired/lans.yaml:9:16 VIRT3024',
  'desired/lans.yaml:19:16 VIRT2007',
  'inventory/more-hosts.yaml:10:16 VIRT3008',
  'inventory/more-hosts.yaml:23:16 VIRT3013',
  'inventory/network.yaml:8:18 VIRT4002',
  'inventory/network.yaml:10:16 VIRT2006',
  'inventory/network.yaml:14:14 VIRT3010',
  'inventory/network.yaml:16:21 VIRT3006',
  'inventory/sites.yaml:12:3 VIRT2004',
  'inventory/sites.yaml:17:9 VIRT3001',
  'policies/bomb.yaml:9:38 VIRT1011',
  'policies/limits.yaml:6:18 VIRT2006',
  'policies/limits.yaml:7:13 VIRT2006',
  'policies/limits.yaml:8:20 VIRT1013',
  'policies/limits.yaml:15:13 VIRT1012',
  'desired/binary.yaml:1:6 VIRT1008',
  'desired/deep.yaml:1:33 VIRT1010',
  'desired/huge.yaml:1:1 VIRT1006',
  'desired/latin1.yaml:4:10 VIRT1007',
  'desired/link.yaml:1:1 VIRT1009',
  'desired/many.yaml:1001:1 VIRT1014',
];

/** Content that does not belong into a repository of sources, by path. */
export const madeContent: Record<string, Uint8Array> = {
  'desired/binary.yaml': Buffer.from('kind:\0Site\n'),
  'desired/deep.yaml': Buffer.from('['.repeat(100_000)),
  'desired/huge.yaml': Buffer.alloc(10 * 1024 * 1024, 'a: 1\n'),
  'desired/latin1.yaml': Buffer.from(
    'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n  name: z\xfcrich\n',
    'latin1',
  ),
  'desired/many.yaml': Buffer.from('---\n'.repeat(5000)),
};

/** A symbolic link among the documents. */
export const madeLink = 'desired/link.yaml';

/** The files in which the mistakes are, as a source would read them. */
export function plantedFiles(): SourceFile[] {
  const paths = readdirSync(plantedRepository, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return [
    ...paths.filter(isDocumentPath).map((path) => sourceFile(path, readFileSync(plantedRepository + path))),
    ...Object.entries(madeContent).map(([path, content]) => sourceFile(path, content)),
    { path: madeLink, refused: 'symlink', bytes: 0 },
  ];
}
