import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import type { Check } from './repository.js';

/** Sets whose driver is `qemu` say which machine their VMs are, others do not, and a machine can start. */
export const checkMachines: Check = (repository) =>
  repository.of('VMSet').flatMap(({ document: { spec }, locate }): Diagnostic[] => {
    const { driver, machine } = spec;
    if (driver !== 'qemu' && machine === undefined) return [];
    if (driver !== 'qemu')
      return [
        broken('VIRT3034', locate(['spec', 'machine']), `VMs of driver \`${driver ?? 'netns'}\` are no machines.`),
      ];
    if (machine === undefined)
      return [broken('VIRT3034', locate(['spec', 'driver']), 'Nothing says which machine each VM of this set is.')];
    const { disks = [], boot, cdrom } = machine;
    const isBootable = boot !== undefined || cdrom !== undefined || disks.some(({ image }) => image !== undefined);
    const nothing = broken(
      'VIRT3032',
      locate(['spec', 'machine']),
      'No disk has an image, and there is no kernel and no CD.',
    );
    return [
      ...(isBootable ? [] : [nothing]),
      ...disks.flatMap(({ image, size }, index): Diagnostic[] =>
        image !== undefined || size !== undefined
          ? []
          : [broken('VIRT3033', locate(['spec', 'machine', 'disks', index]), 'The disk is empty and has no size.')],
      ),
    ];
  });
