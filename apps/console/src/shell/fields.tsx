import { Form, Input, Select } from 'antd';
import { useClear } from './clear.tsx';
import { useWords, type WordKey } from './language.ts';

/** The rule that a field must be filled in, said with the field's own name. */
export function useRequired() {
  const { say } = useWords();
  return (word: WordKey) => [{ required: true, message: say('shell.required', { field: say(word) }) }];
}

const longestReason = 200;

export function ReasonField() {
  const { say } = useWords();
  const required = useRequired();
  return (
    <Form.Item name="reason" label={say('shell.reason')} rules={required('shell.reason')}>
      <Input.TextArea rows={2} maxLength={longestReason} showCount autoFocus />
    </Form.Item>
  );
}

/** A choice of stored values, called as everywhere else. */
export function ValueField({
  name,
  word,
  values,
  several = false,
  optional = false,
  kind,
}: {
  name: string;
  word: WordKey;
  values: readonly string[];
  several?: boolean;
  optional?: boolean;
  kind?: string;
}) {
  const { say, called } = useWords();
  const clear = useClear();
  const required = useRequired();
  return (
    <Form.Item name={name} label={say(word)} {...(optional ? {} : { rules: required(word) })}>
      <Select
        {...(several ? { mode: 'multiple' as const } : {})}
        allowClear={optional && clear}
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={optional ? say('shell.optional') : say('shell.choose')}
        options={values.map(value => ({ value, label: called(value, kind) }))}
      />
    </Form.Item>
  );
}
