/**
 * Packets of GDB's remote serial protocol (GDB's manual, appendix E), as far as QEMU's stub needs
 * them. There is no well-kept npm package for it.
 */

const checksumOf = (body: string): string => {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum = (sum + body.charCodeAt(i)) & 0xff;
  return sum.toString(16).padStart(2, '0');
};

/** A packet with its checksum. @param body characters below 256, without `$`, `#`, `}` and `*`. */
export const encodePacket = (body: string): string => `$${body}#${checksumOf(body)}`;

/** Splits what a stub sends into packets. Acknowledgements are dropped. */
export class PacketReader {
  private rest = '';

  /** Returns the bodies of the packets that are complete now. Throws if a checksum is wrong. */
  read(chunk: string): string[] {
    this.rest += chunk;
    const bodies: string[] = [];
    for (;;) {
      const start = this.rest.indexOf('$');
      const end = this.rest.indexOf('#', start);
      if (start < 0 || end < 0 || this.rest.length < end + 3) return bodies;
      const body = this.rest.slice(start + 1, end);
      const sum = this.rest.slice(end + 1, end + 3);
      this.rest = this.rest.slice(end + 3);
      if (sum.toLowerCase() !== checksumOf(body)) throw new Error(`a packet of the gdb stub is damaged: ${body}`);
      bodies.push(decoded(body));
    }
  }
}

/** Expands run lengths (`0*"` is four zeros) and escaped characters. */
const decoded = (body: string): string =>
  body
    .replace(/([^}])\*([ -~])/gs, (_, repeated: string, count: string) => repeated.repeat(1 + count.charCodeAt(0) - 29))
    .replace(/\}(.)/gs, (_, escaped: string) => String.fromCharCode(escaped.charCodeAt(0) ^ 0x20));

/** Why the machine has stopped. */
export interface StopReply {
  /** 5: a breakpoint, a watchpoint or a step; 2: we interrupted it. */
  readonly signal: number;
  /** The number of the virtual CPU, from 1. */
  readonly cpu: number;
  /** Whether a watchpoint stopped it. */
  readonly isWatch: boolean;
}

/** The stop that a packet reports; undefined: the packet is another reply. */
export function parseStopReply(body: string): StopReply | undefined {
  const [, signal, rest] = /^T([0-9a-f]{2})(.*)$/s.exec(body) ?? [];
  if (signal === undefined) return undefined;
  const [, cpu = '1'] = /(?:^|;)thread:(?:p[0-9a-f]+\.)?([0-9a-f]+);/.exec(rest) ?? [];
  return { signal: Number.parseInt(signal, 16), cpu: Number.parseInt(cpu, 16), isWatch: /(?:^|;)watch:/.test(rest) };
}

/** The packet that resumes these CPUs. The others stay stopped. */
export const resumePacket = (cpus: readonly number[]): string =>
  ['vCont', ...cpus.map((cpu) => `c:p1.${cpu.toString(16)}`)].join(';');

/** Numbers as memory holds them on x86: little-endian hexadecimal digits. */
export const littleEndian = (value: bigint, bytes: number): string =>
  Array.from({ length: bytes }, (_, i) => ((value >> BigInt(8 * i)) & 0xffn).toString(16).padStart(2, '0')).join('');

export const fromLittleEndian = (digits: string): bigint =>
  BigInt(`0x${(digits.match(/../g) ?? []).reverse().join('') || '0'}`);
