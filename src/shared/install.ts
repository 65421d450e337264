import { markConstant } from '../loops/snapshot.ts';
import { UnsupportedOperation } from '../memory/unsupportedOperation.ts';
import { activity } from './activity.ts';
import { standInAtomics } from './atomics.ts';
import { register, StandInBuffer } from './buffer.ts';
import { StandInDataView } from './dataView.ts';
import { elementTypes } from './elements.ts';
import { ARRAY_NAMES, real } from './real.ts';
import { createView } from './view.ts';
import { viewStateOf } from './viewState.ts';

/** Replaces a property of a global object, as an assignment would, and marks the new value. */
function replace(of: object, name: string, value: object): void {
  markConstant(value);
  Object.defineProperty(of, name, { value, writable: true, configurable: true, enumerable: false });
}

/** A class that makes a stand-in where `standIn` returns one, and else what the original does. */
function replaceClass(name: string, original: object, standIn: (args: readonly unknown[]) => object | undefined): void {
  const proxy: object = new Proxy(original as new (...args: unknown[]) => object, {
    construct(target, args, newTarget): object {
      const made = standIn(args);
      if (made === undefined) return Reflect.construct(target, args, newTarget === proxy ? target : newTarget);
      if (newTarget === proxy) return made;
      throw new UnsupportedOperation(`a subclass of ${name} over shared memory`);
    },
  });
  replace(globalThis, name, proxy);
}

function replaceClasses(): void {
  replaceClass('SharedArrayBuffer', real.SharedArrayBuffer, ([bytes, options]) => {
    const kind = activity()?.kind;
    if (kind === undefined) return undefined;
    if (kind !== 'setup')
      throw new UnsupportedOperation('a SharedArrayBuffer that an operation makes: make it in setup');
    const buffer = new StandInBuffer(bytes, options as object);
    register(buffer);
    return buffer;
  });
  for (const name of ARRAY_NAMES)
    replaceClass(name, real.arrays[name], ([of, offset, length]) =>
      of instanceof StandInBuffer ? createView(elementTypes[name], of, offset, length) : undefined,
    );
  replaceClass('DataView', real.DataView, ([of, offset, length]) =>
    of instanceof StandInBuffer ? new StandInDataView(of, offset, length) : undefined,
  );
}

/** Functions of the event loop and the clock, which in an operation are those of its own loop. */
function replaceFunctions(): void {
  replace(globalThis, 'queueMicrotask', (run: () => void) => {
    const loop = activity()?.loop;
    if (loop === undefined) real.queueMicrotask(run);
    else loop.addMicrotask(run);
  });
  replace(globalThis, 'setImmediate', (run: (...args: unknown[]) => void, ...args: unknown[]) => {
    const loop = activity()?.loop;
    return loop === undefined ? real.setImmediate(run, ...args) : loop.addImmediate(() => run(...args));
  });
  replace(globalThis, 'setTimeout', (run: (...args: unknown[]) => void, ms: number, ...args: unknown[]) => {
    const loop = activity()?.loop;
    return loop === undefined ? real.setTimeout(run, ms, ...args) : loop.addTimer(() => run(...args), ms);
  });
  for (const name of ['clearTimeout', 'clearImmediate'] as const)
    replace(globalThis, name, (id: never) => {
      const loop = activity()?.loop;
      if (loop === undefined) real[name](id);
      else loop.clear(id);
    });
  replace(Date, 'now', () => activity()?.loop?.now ?? real.dateNow());
  replace(
    ArrayBuffer,
    'isView',
    (value: unknown) => real.isView(value) || viewStateOf(value) !== undefined || value instanceof StandInDataView,
  );
}

let isInstalled = false;

/** Puts the stand-ins in the place of the globals of this thread. */
export function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  replaceClasses();
  replace(globalThis, 'Atomics', standInAtomics);
  for (const name of Object.getOwnPropertyNames(standInAtomics))
    markConstant((standInAtomics as Record<string, object>)[name]);
  replaceFunctions();
}
