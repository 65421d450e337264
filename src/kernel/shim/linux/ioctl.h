/* Numbers of ioctls, which nothing calls. */
#pragma once
#define _IO(type, nr) 0
#define _IOR(type, nr, of) 0
#define _IOW(type, nr, of) 0
#define _IOWR(type, nr, of) 0
