// Runs unmodified code for a SharedArrayBuffer on cells of gfnring. During an operation, the global
// `Uint32Array` creates views of the cells, and `Atomics` accepts them. Other uses are not changed.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const real = { Atomics: globalThis.Atomics, Uint32Array: globalThis.Uint32Array };
const WORD = 4;
/** The memory and the cells of a view. */
const views = new WeakMap();

/** Calls `body` with a stand-in for a SharedArrayBuffer over consecutive u32 cells. */
export function onCells(mem, cells, body) {
  globalThis.Uint32Array = new Proxy(real.Uint32Array, { construct });
  globalThis.Atomics = atomics;
  try {
    return body(new Buffer(mem, cells));
  } finally {
    // The explorer suspends an operation by throwing through it, so this runs then as well.
    Object.assign(globalThis, real);
    mem.origin = undefined;
  }
}

/** Lets a trace show the line of the code under test, and not a line of this file. */
function from(mem) {
  const [, by, url, place] = frames().find((frame) => frame !== null && frame[2] !== import.meta.url) ?? [];
  mem.origin = url && `${by} ${relative('.', fileURLToPath(url))}:${place}`;
  return mem;
}

const frames = () => new Error().stack.split('\n').map((line) => /at (\S+) \((file:.*?):(\d+:\d+)\)/.exec(line));

class Buffer {
  constructor(mem, cells) {
    Object.assign(this, { mem, cells, byteLength: cells.length * WORD });
  }

  /** Other typed arrays would take this for a list and copy it. */
  get length() {
    throw new TypeError('only Uint32Array makes views of cells');
  }
}

function construct(target, args, newTarget) {
  const [buffer, start = 0, length = (buffer.byteLength - start) / WORD] = args;
  if (!(buffer instanceof Buffer)) return Reflect.construct(target, args, newTarget);
  const cells = buffer.cells.slice(start / WORD, start / WORD + length);
  if (start % WORD !== 0 || cells.length !== length)
    throw new RangeError(`no view of ${length} words from byte ${start}`);
  const { mem } = buffer;
  const fields = { buffer, byteOffset: start, BYTES_PER_ELEMENT: WORD, length, byteLength: length * WORD };
  fields.set = (source, at = 0) => {
    if (at + source.length > length) throw new RangeError('offset is out of bounds');
    for (let i = 0; i < source.length; i++) from(mem).write(cells[at + i], source[i]);
  };
  const view = new Proxy(fields, {
    get: (of, key) => {
      if (isIndex(key)) return key in cells ? from(mem).read(cells[key]) : undefined;
      if (!(key in of) && key in real.Uint32Array.prototype)
        throw new TypeError(`a view of cells has no ${String(key)}`);
      return of[key];
    },
    set: (_, key, value) => {
      if (!isIndex(key)) return false;
      if (key in cells) from(mem).write(cells[key], value);
      return true;
    },
  });
  views.set(view, { mem, cells });
  return view;
}

const isIndex = (key) => typeof key === 'string' && /^\d+$/.test(key);

/** Atomics are sequentially consistent. */
const calls = {
  load: (mem, cell) => mem.load(cell, 'seq_cst'),
  store: (mem, cell, value) => {
    mem.store(cell, value, 'seq_cst');
    return value;
  },
};

const atomics = Object.create(real.Atomics);
for (const name of Object.getOwnPropertyNames(real.Atomics))
  atomics[name] = (view, index, ...rest) => {
    const of = views.get(view);
    if (of === undefined) return real.Atomics[name](view, index, ...rest);
    if (!(name in calls)) throw new TypeError(`Atomics.${name} is not known of cells`);
    if (!(index in of.cells)) throw new RangeError('out of bounds access');
    return calls[name](from(of.mem), of.cells[index], ...rest);
  };
