/** Variables of a `.env` file's text. The one place that knows the library for it. */
export { parse as parseDotenv } from 'dotenv';
