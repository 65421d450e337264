/* IS_ENABLED(CONFIG_X) is 1 where CONFIG_X is defined as 1: --config CONFIG_X. */
#pragma once
#define GFNRING_ONE_1 0,
#define GFNRING_SECOND(first, second, ...) second
#define GFNRING_SHIFT(one) GFNRING_SECOND(one 1, 0)
#define GFNRING_IS_ONE(value) GFNRING_SHIFT(GFNRING_ONE_##value)
#define IS_ENABLED(option) GFNRING_IS_ONE_(option)
#define GFNRING_IS_ONE_(value) GFNRING_IS_ONE(value)
#define IS_BUILTIN(option) IS_ENABLED(option)
#define IS_REACHABLE(option) IS_ENABLED(option)
#define IS_MODULE(option) 0
