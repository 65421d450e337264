import { expect, test } from 'vitest';
import {
  encodePacket,
  fromLittleEndian,
  littleEndian,
  PacketReader,
  parseStopReply,
  resumePacket,
} from '../../src/confirm/gdbPackets.ts';

test('a packet has the sum of its characters', () => {
  expect(encodePacket('OK')).toBe('$OK#9a');
  expect(encodePacket('')).toBe('$#00');
});

test('packets are read from chunks of any size, with acknowledgements between them', () => {
  const text = `+${encodePacket('OK')}++${encodePacket('T05thread:p01.02;')}`;
  const reader = new PacketReader();
  expect([...text].flatMap((character) => reader.read(character))).toEqual(['OK', 'T05thread:p01.02;']);
  expect(new PacketReader().read(text)).toEqual(['OK', 'T05thread:p01.02;']);
});

test('run lengths and escaped characters are expanded', () => {
  expect(new PacketReader().read(encodePacket('0* '))).toEqual(['0000']);
  expect(new PacketReader().read(encodePacket('a}\x03b'))).toEqual(['a#b']);
});

test('a damaged packet is an error', () => {
  expect(() => new PacketReader().read('$OK#00')).toThrow('damaged: OK');
});

test('a stop names its signal and CPU', () => {
  expect(parseStopReply('T05thread:p01.02;')).toEqual({ signal: 5, cpu: 2, isWatch: false });
  expect(parseStopReply('T05watch:ffffc900001000;thread:p01.03;')).toEqual({ signal: 5, cpu: 3, isWatch: true });
  expect(parseStopReply('T02thread:01;')).toEqual({ signal: 2, cpu: 1, isWatch: false });
  expect(parseStopReply('OK')).toBeUndefined();
});

test('only the named CPUs are resumed', () => {
  expect(resumePacket([1, 3])).toBe('vCont;c:p1.1;c:p1.3');
});

test('numbers as memory holds them', () => {
  expect(littleEndian(0x20000n, 4)).toBe('00000200');
  expect(fromLittleEndian('00000200')).toBe(0x20000n);
  expect(fromLittleEndian('40e720c0ffffffff')).toBe(0xffffffffc020e740n);
});
