/** A partition of a topic, as one word. */
export const placeName = (topic: string, partition: number) => `${topic}/${partition}`;

export function placeOf(name: string): { readonly topic: string; readonly partition: number } {
  const slash = name.lastIndexOf('/');
  return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) };
}
