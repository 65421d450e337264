import { sharedScenario } from 'gfnring/shared';
import { answer, call } from './call.mjs';

const IDS = [1, 2];

export default sharedScenario({
  name: 'stale',
  setup: () => ({ words: new Int32Array(new SharedArrayBuffer(12)) }),
  actors: {
    client: IDS.map((id) => ({ label: `call ${id}`, run: ({ words }) => call(words, id) })),
    server: IDS.map((id) => ({ label: `answer ${id}`, run: ({ words }) => answer(words, id) })),
  },
  finally: {
    'each call gets its answer': (_, { client }) => client.join() === '10,20' || `got ${client}`,
  },
});
