export const Divider = () => <vscode-divider role="presentation" />;
