// Django's admin comes with a jQuery that writes HTML as text. This lets it, on these pages only; text that
// would become a script, or the address of one, stays forbidden.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (html) => html });
