import hooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

/** Preloaded by test/all.ts: hooks on every promise and socket of a process, which tap would set up, stay off. */
const idle: hooks.AsyncHook = { enable: () => idle, disable: () => idle }
hooks.createHook = () => idle
syncBuiltinESMExports()
