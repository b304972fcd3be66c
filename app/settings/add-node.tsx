import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Combobox } from '../components/combobox.tsx';
import { Field } from '../components/field.tsx';

/** Asks for a node that is to have settings of its own. `taken`: by name those that have. */
export function AddNode({
  names,
  taken,
  onAdd,
}: {
  names: readonly string[];
  taken: Readonly<Record<string, unknown>>;
  onAdd: (name: string) => void;
}) {
  const [name, setName] = useState('');
  const text = name.trim();
  const refused = text === '' ? 'Name a node.' : text in taken ? `${text} has settings of its own already.` : undefined;
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused !== undefined) return;
        onAdd(text);
        setName('');
      }}
    >
      <Field label="Settings for a single node" className="w-72 max-w-full">
        <Combobox
          value={name}
          onChange={setName}
          options={names.map((each) => ({ value: each, detail: '' }))}
          placeholder="Node name"
        />
      </Field>
      <Button type="submit" refused={refused}>
        Add the node
      </Button>
    </form>
  );
}
