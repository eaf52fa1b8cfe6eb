using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The rules of consecutive steps.</summary>
internal abstract class UpdateLog
{
    /// <summary>Computes the updates that rows lack, with gradients of zero.</summary>
    /// <param name="width">The register width.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="logged">The number of logged updates.</param>
    public abstract void Run(SimdWidth width, RowsToComplete rows, int logged);
}

/// <summary>The rules of consecutive steps, which differ only in their factors.</summary>
internal sealed unsafe class UpdateLog<TRule> : UpdateLog
    where TRule : struct, IUpdateRule
{
    /// <summary>The rules in the order of the steps.</summary>
    public TRule[] Rules { get; } = new TRule[Tuning.MostDeferredUpdates];

    public override void Run(SimdWidth width, RowsToComplete rows, int logged)
    {
        fixed (int* numbers = rows.Rows, done = rows.Done)
        fixed (float* values = rows.Values, slots = rows.Slots)
        {
            var kernel = new Kernel(Rules, logged, numbers, done, rows.Rows.Length, rows.Length, values, slots, rows.SlotStride);
            SimdDispatch.Run(width, ref kernel);
        }
    }

    private readonly struct Kernel(TRule[] rules, int logged, int* rows, int* done, int count, int length, float* values, float* slots, nint slotStride) : ISimdKernel
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < count; i++)
            {
                if (i + Tuning.RowsAhead < count)
                    PrefetchRow((nint)rows[i + Tuning.RowsAhead] * length);
                nint row = (nint)rows[i] * length;
                for (int column = 0; column < length; column += TSimd.Width)
                    Complete<TSimd>(row + column, length - column, done[i]);
            }
        }

        private void PrefetchRow(nint row)
        {
            Prefetch.Floats(values + row, length);
            for (int slot = 0; slot < TRule.SlotCount; slot++)
                Prefetch.Floats(slots + slot * slotStride + row, length);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Complete<TSimd>(nint place, int available, int first)
            where TSimd : struct, ISimd<TSimd>
        {
            float* slot0 = slots + place, slot1 = slot0 + slotStride, slot2 = slot1 + slotStride;
            TSimd value = PartialVector.Load<TSimd>(values + place, available);
            TSimd state0 = TRule.SlotCount > 0 ? PartialVector.Load<TSimd>(slot0, available) : TSimd.Zero;
            TSimd state1 = TRule.SlotCount > 1 ? PartialVector.Load<TSimd>(slot1, available) : TSimd.Zero;
            TSimd state2 = TRule.SlotCount > 2 ? PartialVector.Load<TSimd>(slot2, available) : TSimd.Zero;
            for (int step = first; step < logged; step++)
                rules[step].Update(ref value, TSimd.Zero, ref state0, ref state1, ref state2);
            PartialVector.Store(value, values + place, available);
            if (TRule.SlotCount > 0)
                PartialVector.Store(state0, slot0, available);
            if (TRule.SlotCount > 1)
                PartialVector.Store(state1, slot1, available);
            if (TRule.SlotCount > 2)
                PartialVector.Store(state2, slot2, available);
        }
    }
}
