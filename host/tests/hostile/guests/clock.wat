;; Wants to know the time: a decision that depends on the clock cannot be derived again.
(component
  (import "wasi:clocks/wall-clock@0.2.0"
    (instance
      (type $datetime (record (field "seconds" u64) (field "nanoseconds" u32)))
      (export "datetime" (type $at (eq $datetime)))
      (export "now" (func (result $at)))))
  (instance $policy)
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
