import koffi from 'koffi';

/** The few calls of the C library that Node does not offer. Loaded at first use: other systems import this module too. */
export interface Libc {
  setns(descriptor: number, kind: number): number;
  /** 0: there is none of that name in this thread's network namespace. */
  interfaceIndex(name: string): number;
  socket(domain: number, type: number, protocol: number): number;
  ioctl(descriptor: number, request: number, argument: Buffer): number;
  close(descriptor: number): number;
  pageSize(): number;
  /** The address, or one that is all ones. */
  map(at: null, length: number, protection: number, flags: number, descriptor: number, offset: number): unknown;
  unmap(address: unknown, length: number): number;
  /** A system call on a thread or process that fills or reads memory. */
  syscall(number: number, pid: number, memory: Buffer, first: number, second: number): number;
  /** Processors that a thread may run on, a bit each. */
  getAffinity(thread: number, length: number, mask: Buffer): number;
  setAffinity(thread: number, length: number, mask: Buffer): number;
  /** Seconds and nanoseconds, 8 bytes each. */
  clockTime(clock: number, time: Buffer): number;
  errno(): number;
}

let loaded: Libc | undefined;

export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  const library = koffi.load('libc.so.6');
  return {
    setns: library.func('int setns(int, int)') as Libc['setns'],
    interfaceIndex: library.func('unsigned int if_nametoindex(const char*)') as Libc['interfaceIndex'],
    socket: library.func('int socket(int, int, int)') as Libc['socket'],
    ioctl: library.func('int ioctl(int, unsigned long, void*)') as Libc['ioctl'],
    close: library.func('int close(int)') as Libc['close'],
    pageSize: library.func('int getpagesize()') as Libc['pageSize'],
    map: library.func('void *mmap(void *, size_t, int, int, int, long)') as Libc['map'],
    unmap: library.func('int munmap(void *, size_t)') as Libc['unmap'],
    syscall: library.func('long syscall(long, int, void *, unsigned int, unsigned int)') as Libc['syscall'],
    getAffinity: library.func('int sched_getaffinity(int, size_t, void *)') as Libc['getAffinity'],
    setAffinity: library.func('int sched_setaffinity(int, size_t, void *)') as Libc['setAffinity'],
    clockTime: library.func('int clock_gettime(int, void *)') as Libc['clockTime'],
    errno: () => koffi.errno(),
  };
}
