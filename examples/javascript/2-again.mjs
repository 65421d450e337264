import { sharedScenario } from 'gfnring/shared';
import { answer, REPLY, REQUEST, VALUE } from './call.mjs';

const IDS = [1, 2];

/** Looks again after each wait: a wake-up says only that something has happened. */
function call(words, id) {
  Atomics.store(words, REQUEST, id);
  Atomics.notify(words, REQUEST);
  while (Atomics.load(words, REPLY) !== id) Atomics.wait(words, REPLY, id - 1);
  return Atomics.load(words, VALUE);
}

export default sharedScenario({
  name: 'again',
  setup: () => ({ words: new Int32Array(new SharedArrayBuffer(12)) }),
  actors: {
    client: IDS.map((id) => ({ label: `call ${id}`, run: ({ words }) => call(words, id) })),
    server: IDS.map((id) => ({ label: `answer ${id}`, run: ({ words }) => answer(words, id) })),
  },
  sometimes: {
    'the client waits': ({ words }, { server }) => words[REPLY] === 0 && server[0] === undefined,
  },
  finally: {
    'each call gets its answer': (_, { client }) => client.join() === '10,20' || `got ${client}`,
  },
});
