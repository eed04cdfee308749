"""What wallets, vouchers and points make people hear: the member alone."""

from models import facts as f
from models.notices.notice import NOW, A, Notice, Table

NOTICES: Table = {
    f.VoucherGranted: (Notice(A.PERSON, "voucher_granted", "voucher_granted:{voucher_id}"),),
    f.WalletCredited: (Notice(A.PERSON, "wallet_credited", "wallet_credited:{shop_id}:{why}:{order_id}:{amount}:{now}"),),
    f.PointsCredited: (Notice(A.PERSON, "points_credited", "points_credited:{shop_id}:{why}:{amount}:{now}"),),
    f.PaidLess: (Notice(A.PERSON, "paid_less", "paid_less:{order_id}:{by}:{due}:{now}", "pay", NOW),),
    f.VoucherReturned: (Notice(A.PERSON, "voucher_returned", "voucher_returned:{voucher_id}:{order_id}:{now}"),),
}
