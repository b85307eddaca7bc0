import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { release } from "./release";
import { colourOf } from "./shell/colour";
import "./style.css";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no #root");
}
document.documentElement.style.setProperty("--accent", colourOf(release));
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
