import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { GdbClient } from '../../src/confirm/gdbClient.ts';
import { encodePacket, PacketReader } from '../../src/confirm/gdbPackets.ts';

const folder = mkdtempSync(join(tmpdir(), 'gfnring-gdb-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A stub that answers each packet by `answers`, in order of arrival. */
async function stub(answers: (body: string, socket: Socket) => readonly string[]) {
  const path = join(folder, `${Math.random()}`);
  const received: string[] = [];
  const server = createServer((socket) => {
    const reader = new PacketReader();
    socket.setEncoding('latin1').on('data', (chunk) => {
      if (String(chunk).includes('\x03')) received.push('interrupt');
      for (const body of String(chunk).includes('\x03') ? ['\x03'] : reader.read(String(chunk))) {
        if (body !== '\x03') received.push(body);
        const first = body.startsWith('qSupported') ? ['PacketSize=1000'] : undefined;
        const second = body === 'vCont?' ? ['vCont;c;s'] : undefined;
        for (const answer of first ?? second ?? answers(body, socket)) socket.write(encodePacket(answer), 'latin1');
      }
    });
  });
  server.listen(path);
  await once(server, 'listening');
  const client = await GdbClient.open(path);
  return {
    client,
    received,
    end: () => {
      client.end();
      server.close();
    },
  };
}

test('a reply that lags behind its command does not answer the next one', async () => {
  const { client, end } = await stub((body) =>
    body.startsWith('Z') ? ['T05thread:p01.02;', 'OK'] : body.startsWith('Hg') ? ['OK'] : ['OK', '4000000000000000'],
  );
  await client.insert({ kind: 'instruction', address: 0x401705n });
  expect(await client.read(1, 0x1000n, 8)).toBe(0x40n);
  end();
});

test('a stop in time, and none', async () => {
  const { client, received, end } = await stub((body) =>
    body === 'vCont;c:p1.2' ? ['T05thread:p01.02;'] : body === '\x03' ? ['T02thread:p01.01;'] : [],
  );
  client.resume([2]);
  expect(await client.stop(1000)).toEqual({ signal: 5, cpu: 2, isWatch: false });
  client.resume([1, 3]);
  expect(await client.stop(50)).toBeUndefined();
  expect(await client.interrupt()).toEqual({ signal: 2, cpu: 1, isWatch: false });
  expect(received.slice(2)).toEqual(['vCont;c:p1.2', 'vCont;c:p1.1;c:p1.3', 'interrupt']);
  end();
});

test('a refused command, and the end of the machine, are errors', async () => {
  const { client, end } = await stub((body, socket) => {
    if (body.startsWith('Z')) return ['E22'];
    socket.destroy();
    return [];
  });
  await expect(client.insert({ kind: 'written', address: 16n })).rejects.toThrow('answers Z2,10,4 by E22');
  await expect(client.step(1)).rejects.toThrow('the machine has ended');
  end();
});

test('registers of a CPU', async () => {
  const registers = Array.from({ length: 17 }, (_, i) => `${i.toString(16).padStart(2, '0')}00000000000000`).join('');
  const { client, end } = await stub((body) => [body === 'g' ? registers : 'OK']);
  expect(await client.registers(2)).toEqual({ rip: 16n, rdi: 5n, rsi: 4n });
  end();
});
