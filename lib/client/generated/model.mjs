// Made by lib/client/build.mjs from the sources beside this folder.
// What callers say and are answered.
export {};
