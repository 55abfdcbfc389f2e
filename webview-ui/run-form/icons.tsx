/** Pictures of icon buttons, whose label says the same. */
const Icon = ({ path }: { path: string }) => (
  <svg
    aria-hidden="true"
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.2"
  >
    <path d={path} />
  </svg>
);

export const ResetIcon = () => <Icon path="M3 2.5v4h4M3.4 6.5A5.5 5.5 0 1 1 2.6 9.5" />;
export const FolderIcon = () => <Icon path="M1.6 13.4V2.6h4.6l1.6 2h6.6v8.8z" />;
export const CopyIcon = () => <Icon path="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />;
