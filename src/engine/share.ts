import type { Principal } from './contract.js'

/** Whose part of the upstream's budget a principal's questions are: principals that share a key share its pace evenly. */
export const shareOf = ({ name, scope }: Principal): string => `${name} ${scope}`
