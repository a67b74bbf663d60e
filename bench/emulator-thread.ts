import { parentPort, workerData } from 'node:worker_threads'
import { createEmulator, type EmulatorOptions } from '../src/emulator/emulator.js'

/** Runs an emulator in a thread of its own, so that its work is not the service's. A number it is sent becomes its latency in ms. */
const isOptions = (value: unknown): value is EmulatorOptions => typeof value === 'object' && value !== null

const emulator = createEmulator(isOptions(workerData) ? workerData : {})
const baseUrl = await emulator.listen()
parentPort?.on('message', (latencyMs: unknown) => {
  if (typeof latencyMs === 'number') emulator.set({ latencyMs })
  parentPort?.postMessage('set')
})
parentPort?.postMessage(baseUrl)
