/**
 * To be imported before any schema is made. zod compiles its faster parsers at run time, which the pages' content security
 * policy forbids; it would find that out by trying.
 */
import * as z from "zod";

z.config({ jitless: true });
