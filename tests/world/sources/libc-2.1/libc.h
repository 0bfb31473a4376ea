extern int libc;
