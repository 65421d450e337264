/* Constants that assembly can use too. */
#pragma once
#define _AC(x, y) x##y
#define _UL(x) x##ul
#define _ULL(x) x##ull
#define _BITUL(x) (_UL(1) << (x))
#define _BITULL(x) (_ULL(1) << (x))
