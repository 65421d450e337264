// The package is for browsers, where the global object is called self.
globalThis.self ??= globalThis;
