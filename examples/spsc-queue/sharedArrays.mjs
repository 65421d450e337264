// Runs code that was written for a SharedArrayBuffer, as it is, on cells of gfnring: for as long as an operation lasts, `Uint32Array` makes views of the
// cells, and `Atomics` knows those views. Everything else goes to the real ones.

const real = { Atomics: globalThis.Atomics, Uint32Array: globalThis.Uint32Array };
const WORD = 4;
/** What lies behind a view: its memory and its cells. */
const views = new WeakMap();

/** Calls `body` with what stands for a SharedArrayBuffer over `cells`, which are u32 and one after the other. */
export function onCells(mem, cells, body) {
  globalThis.Uint32Array = new Proxy(real.Uint32Array, { construct });
  globalThis.Atomics = atomics;
  try {
    return body(new Buffer(mem, cells));
  } finally {
    // An operation is suspended by throwing through it, so this is where it is left, too.
    Object.assign(globalThis, real);
  }
}

class Buffer {
  constructor(mem, cells) {
    Object.assign(this, { mem, cells, byteLength: cells.length * WORD });
  }

  /** Any other typed array would take this for a list, and copy it. */
  get length() {
    throw new TypeError('only Uint32Array makes views of cells');
  }
}

function construct(target, args, newTarget) {
  const [buffer, from = 0, length = (buffer.byteLength - from) / WORD] = args;
  if (!(buffer instanceof Buffer)) return Reflect.construct(target, args, newTarget);
  const cells = buffer.cells.slice(from / WORD, from / WORD + length);
  if (from % WORD !== 0 || cells.length !== length)
    throw new RangeError(`no view of ${length} words from byte ${from}`);
  const { mem } = buffer;
  const fields = { buffer, byteOffset: from, BYTES_PER_ELEMENT: WORD, length, byteLength: length * WORD };
  fields.set = (source, at = 0) => {
    if (at + source.length > length) throw new RangeError('offset is out of bounds');
    for (let i = 0; i < source.length; i++) mem.write(cells[at + i], source[i]);
  };
  const view = new Proxy(fields, {
    get: (of, key) => {
      if (isIndex(key)) return key in cells ? mem.read(cells[key]) : undefined;
      if (!(key in of) && key in real.Uint32Array.prototype)
        throw new TypeError(`a view of cells has no ${String(key)}`);
      return of[key];
    },
    set: (_, key, value) => {
      if (!isIndex(key)) return false;
      if (key in cells) mem.write(cells[key], value);
      return true;
    },
  });
  views.set(view, { mem, cells });
  return view;
}

const isIndex = (key) => typeof key === 'string' && /^\d+$/.test(key);

/** A load of Atomics is more than an acquire, a store more than a release. What is proved with less holds with more. */
const calls = {
  load: (mem, cell) => mem.loadAcquire(cell),
  store: (mem, cell, value) => {
    mem.storeRelease(cell, value);
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
    return calls[name](of.mem, of.cells[index], ...rest);
  };
