/** A target as the plugin sends it. */
export const target = (payload: Readonly<Record<string, unknown>>, refId = 'A', name = 'modelMetrics') => ({
  refId,
  datasource: { type: 'simpod-json-datasource', uid: 'portkey' },
  editorMode: 'code',
  target: name,
  payload,
})
