import { TextField } from "../controls";

export interface FilterProps {
  filter: string;
  found: number;
  total: number;
  onFilter(filter: string): void;
}

export function Filter({ filter, found, total, onFilter }: FilterProps) {
  const result = found === 0 ? `No argument matches “${filter}”.` : `${found} of ${total} arguments`;
  return (
    <search className="filter">
      <TextField
        id="/filter"
        label="Filter arguments"
        placeholder={`Filter ${total} arguments`}
        describedBy={[]}
        value={filter}
        onChange={onFilter}
      />
      <p className="help" role="status">
        {filter === "" ? "" : result}
      </p>
    </search>
  );
}
