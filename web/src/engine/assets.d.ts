// Vite's own types know an address or an inline worker, not an inline address.
declare module "*?url&inline" {
  const address: string;
  export default address;
}
