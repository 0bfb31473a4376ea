// The library that plugin.c looks into.
int plugged(int value);

int plugged(int value)
{
	static _Thread_local int calls;
	return value + ++calls;
}
