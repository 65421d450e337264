import type { Monitor, StateView, StepEvent } from '../../check/property.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import type { Place } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { VmSpec } from '../spec.ts';
import { memoizedBy, withElement } from './monitorHelpers.ts';

/** What a place is to a monitor. `is` selects the reducer. */
interface PlaceRole {
  readonly is: string;
}

/** The role with this `is`. */
export type RoleOf<Role extends PlaceRole, Is extends string> = Role extends PlaceRole
  ? Is extends Role['is']
    ? Role & { readonly is: Is }
    : never
  : never;

/** The state of a monitor: a model, and what each thread has done since its operation began. */
export interface MonitorState<Model, Thread> {
  readonly model: Model;
  readonly threads: readonly Thread[];
}

/**
 * The state after a step on a place with that role, or what the step violates. Returns `state`
 * itself where nothing changes.
 */
type Reducer<State, Role> = (state: State, event: StepEvent, view: StateView, role: Role) => State | Violation;

/** A reducer for each role. */
export type Reducers<State, Role extends PlaceRole> = {
  readonly [Is in Role['is']]: Reducer<State, RoleOf<Role, Is>>;
};

/** What the monitor of a tracker consists of. */
interface MonitorParts<Model, Thread, Role extends PlaceRole> {
  readonly name: string;
  readonly spec: VmSpec;
  /** By place id: its role; undefined: steps on the place change nothing. */
  readonly roles: readonly (Role | undefined)[];
  /** Before the first step. */
  readonly model: Model;
  /** A thread that has done nothing since its operation began. */
  readonly idle: Thread;
  readonly reducers: Reducers<MonitorState<Model, Thread>, Role>;
  /** Checked before the reducer, at each step on any place. */
  readonly guard?: (event: StepEvent, view: StateView, role: Role | undefined) => Violation | undefined;
  readonly returned: Monitor<MonitorState<Model, Thread>>['returned'];
  readonly modelKey: (model: Model) => string;
  readonly threadKey: (thread: Thread) => string;
}

/** HOT. A monitor that gives each step to the reducer of its place. Hostile actors are ignored. */
export function createMonitor<Model, Thread extends object, Role extends PlaceRole>({
  name,
  spec,
  roles,
  model,
  idle,
  reducers,
  guard,
  returned,
  modelKey,
  threadKey,
}: MonitorParts<Model, Thread, Role>): Monitor<MonitorState<Model, Thread>> {
  const isHostile = spec.actors.map(({ role }) => role === 'hostile');
  const byPlace = roles.map(
    (role) => role && (reducers[role.is as Role['is']] as Reducer<MonitorState<Model, Thread>, Role>),
  );
  return {
    name,
    sees: ({ id }) => roles[id] !== undefined,
    init: () => ({ model, threads: spec.actors.map(() => idle) }),
    step(state, event, view) {
      const { id } = event.place;
      const role = roles[id];
      if ((role === undefined && guard === undefined) || isHostile[event.thread]) return state;
      const violation = guard?.(event, view, role);
      if (violation !== undefined) return violation;
      return role === undefined ? state : byPlace[id]!(state, event, view, role);
    },
    returned,
    key(state) {
      let key = modelKey(state.model);
      for (const thread of state.threads) key += memoizedBy(thread, threadKey);
      return key;
    },
  };
}

/** By place id: its role; undefined: it has none. */
export function rolesByPlace<Role>(
  layout: Layout,
  roles: Iterable<readonly [Place, Role]>,
): readonly (Role | undefined)[] {
  const byPlace: (Role | undefined)[] = layout.places.map(() => undefined);
  for (const [place, role] of roles) byPlace[place.id] = role;
  return byPlace;
}

/** HOT. `state` with a change of what it knows of one thread. */
export function updateThread<Model, Thread extends object>(
  state: MonitorState<Model, Thread>,
  thread: number,
  change: NoInfer<Partial<Thread>>,
): MonitorState<Model, Thread> {
  const threads = state.threads.slice();
  threads[thread] = { ...threads[thread], ...change };
  return { model: state.model, threads };
}

/** `state` after an operation of a thread has ended: it knows nothing more of that thread. */
export const forgetThread = <Model, Thread>(
  state: MonitorState<Model, Thread>,
  thread: number,
  idle: Thread,
): MonitorState<Model, Thread> =>
  state.threads[thread] === idle ? state : { model: state.model, threads: withElement(state.threads, thread, idle) };

/** `state` with another model of one ring, or of one bitmap. */
export const updateModel = <Model, Thread>(
  state: MonitorState<readonly Model[], Thread>,
  at: number,
  model: Model,
): MonitorState<readonly Model[], Thread> => ({ model: withElement(state.model, at, model), threads: state.threads });
