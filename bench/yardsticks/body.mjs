/** What a script sends for a row. */
export const bodyOf = ({ id, prompt }) => ({
  assistant_id: 'bench',
  input: { messages: [{ role: 'user', content: prompt, id }] },
  metadata: { example: id },
});
