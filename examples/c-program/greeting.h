const char *greeting(const char *name);
