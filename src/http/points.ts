import type { DataPoint } from '../engine.js'

/** The rows of an answer's JSON; none where it is no answer. */
export const pointsOf = (answer: unknown): readonly DataPoint[] => {
  const data = typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : null
  const points = typeof data === 'object' && data !== null && 'dataPoints' in data ? data.dataPoints : null
  return Array.isArray(points) ? points.filter(isPoint) : []
}

const isPoint = (row: unknown): row is DataPoint => typeof row === 'object' && row !== null
