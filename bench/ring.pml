/*
 * The benchmark rings as a model for SPIN. `npm run bench` searches them if Debian's spin is
 * installed. One access of shared memory is one step; local computation belongs to the step before
 * it. K pushes, H harvests, R resets: spin -a -DK=4 -DH=3 -DR=2
 */
#define SIZE 4
#define USED(to, from) (to - from)

short prod, cons, kprod, kreset;
short slot[SIZE], off[SIZE];
bool slots_lock, mmu_lock;

active proctype vcpu() {
  byte n;
  short index, reset;
  do
  :: n < K ->
    index = kprod;
    atomic { reset = kreset; n++ };
    if
    :: USED(index, reset) >= SIZE
    :: else ->
      slot[index % SIZE] = 100 + index;
      off[index % SIZE] = 200 + index;
      kprod = index + 1;
      assert(kprod - kreset <= SIZE);
      prod = index + 1
    fi
  :: else -> break
  od
}

active proctype userspace() {
  byte n;
  short index, end, seen;
  do
  :: n < H ->
    atomic { end = prod; n++ };
    do
    :: index != end ->
      atomic { seen = slot[index % SIZE]; assert(seen == 100 + index) };
      atomic { seen = off[index % SIZE]; assert(seen == 200 + index); index++ }
    :: else -> break
    od;
    cons = index
  :: else -> break
  od
}

active proctype kernel() {
  byte n;
  short index, end, limit, seen;
  do
  :: n < R ->
    atomic { !slots_lock -> slots_lock = true; n++ };
    end = cons;
    limit = kprod;
    if
    :: USED(end, index) <= USED(limit, index) ->
      do
      :: index != end ->
        atomic { seen = slot[index % SIZE]; assert(seen == 100 + index) };
        atomic { seen = off[index % SIZE]; assert(seen == 200 + index) };
        atomic { !mmu_lock -> mmu_lock = true };
        mmu_lock = false;
        atomic { index++; kreset = index }
      :: else -> break
      od
    :: else
    fi;
    slots_lock = false
  :: else -> break
  od
}
