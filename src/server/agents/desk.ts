/** What the sample support desk knows: orders, and answers to what people often ask. */

export interface Order {
  readonly item: string;
  readonly status: string;
}

export const orders: Readonly<Record<string, Order>> = {
  '1001': { item: 'a desk lamp', status: 'delivered' },
  '1002': { item: 'two office chairs', status: 'on its way' },
  '1003': { item: 'a standing desk', status: 'being packed' },
  '1004': { item: 'a monitor arm', status: 'cancelled' },
  '1005': { item: 'a bookshelf', status: 'waiting for payment' },
};

/** The first whose words are met is told. */
export const answers: readonly { readonly asked: RegExp; readonly told: string }[] = [
  {
    asked: /refund|money back/i,
    told: 'A refund is paid within 5 working days after the goods have come back.',
  },
  {
    asked: /return|send .*back/i,
    told: 'You can return anything within 30 days; the return label is in your account.',
  },
  {
    asked: /shipping|deliver|arrive/i,
    told: 'Delivery takes 2 to 4 working days and is free from 50 euros.',
  },
  {
    asked: /password|log ?in|sign in/i,
    told: 'Choose "Forgot password" on the sign-in page; a link comes by e-mail.',
  },
  {
    asked: /warranty|guarantee|broken|defect/i,
    told: 'Everything has a warranty of 2 years; we repair or replace it.',
  },
  { asked: /opening|hours|open\b/i, told: 'We are here Monday to Friday, 9:00 to 17:00.' },
  { asked: /pay|invoice|credit card/i, told: 'You can pay by card, by bank transfer or on invoice.' },
  { asked: /cancel/i, told: 'An order can be cancelled until it is packed; tell us its number.' },
  { asked: /contact|phone|call you|e-?mail/i, told: 'Write to desk@example.com or call 555-0100.' },
];
