import { sharedScenario } from 'gfnring/shared';
import './browser.mjs';
import syncMessage from 'sync-message';

const { makeAtomicsChannel, readMessage, writeMessageAtomics } = syncMessage;

/** One thread writes messages to a channel of sync-message, and another reads as many. */
export const messages = (name, ...texts) =>
  sharedScenario({
    name,
    timeouts: false,
    setup: () => ({ channel: makeAtomicsChannel({ bufferSize: 4 }) }),
    actors: {
      writer: texts.map((text) => ({
        label: `write ${text}`,
        run({ channel }) {
          writeMessageAtomics(channel, text);
        },
      })),
      reader: texts.map(() => ({ label: 'read', run: ({ channel }) => readMessage(channel, '') })),
    },
    finally: {
      'each message is read': (_, { reader }) => reader.join() === texts.join() || `read: ${reader.join()}`,
    },
  });
