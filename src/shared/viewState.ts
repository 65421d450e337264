import type { StandInBuffer } from './buffer.ts';
import type { ElementType } from './elements.ts';

/** What a stand-in for a typed array is a view of. */
export interface ViewState {
  readonly buffer: StandInBuffer;
  readonly type: ElementType;
  readonly byteOffset: number;
  readonly length: number;
}

/** A stand-in for a typed array has its state here. */
export const STATE = Symbol('gfnring.view');

/** The state of a stand-in; undefined: it is none. */
export const viewStateOf = (value: unknown): ViewState | undefined =>
  typeof value === 'object' && value !== null ? (value as { [STATE]?: ViewState })[STATE] : undefined;
