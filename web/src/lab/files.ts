// The files of the lab by name, for the engine. A chunk of its own: the page is drawn before it is needed.
import files from "lab-files";

export { files };
