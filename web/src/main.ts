// A page of the course on a server, or one lab in a file.
import { show_course } from "./course";
import { place_of_lab } from "./lab/place";
import "./style/base.css";
import "./style/page.css";
import "./style/charts.css";

show_course(place_of_lab());
