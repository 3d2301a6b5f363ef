import { useEffect, useState } from 'react';

/** The value once it has rested a moment: the server is not asked at every letter. */
export function useSlowly<Value>(value: Value, rest = 250): Value {
  const [slow, setSlow] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return slow;
}
