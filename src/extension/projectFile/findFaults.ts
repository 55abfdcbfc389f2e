/** What is wrong with a modeltrail.yaml that is being edited, and where. */
import { type ProjectFileFault, projectFileFaults } from "../../domain/projectFileFaults";
import { parseYaml } from "../../snapshot/yaml";
import { type Place, placeOf, syntaxFaults } from "./cursor";

export interface PlacedFault {
  place: Place;
  message: string;
}

export function findFaults(text: string): PlacedFault[] {
  const syntax = syntaxFaults(text);
  if (syntax.length > 0) return syntax;
  return projectFileFaults(parseYaml(text)).map((fault) => ({
    place: placeOf(text, fault.path, fault.isKey),
    message: sentence(fault),
  }));
}

function sentence({ path, message }: ProjectFileFault): string {
  const name = path.length === 0 ? "The file" : `"${path.join(".")}"`;
  return `${name} ${message}.`;
}
