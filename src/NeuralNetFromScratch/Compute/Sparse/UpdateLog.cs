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
        /// <summary>The number of registers that are updated together, since with a penalty each update waits for the previous one of the same register.</summary>
        private const int Together = 4;

        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < count; i++)
            {
                if (i + Tuning.RowsAhead < count)
                    PrefetchRow((nint)rows[i + Tuning.RowsAhead] * length);
                nint row = (nint)rows[i] * length;
                int column = 0;
                for (; column <= length - Together * TSimd.Width; column += Together * TSimd.Width)
                    CompleteTogether<TSimd>(row + column, done[i]);
                for (; column < length; column += TSimd.Width)
                    Complete<TSimd>(row + column, length - column, done[i]);
            }
        }

        private void PrefetchRow(nint row)
        {
            Prefetch.Floats(values + row, length);
            for (int slot = 0; slot < TRule.SlotCount; slot++)
                Prefetch.Floats(slots + slot * slotStride + row, length);
        }

        [MethodImpl(HotPath.CompileOnce)]
        private void CompleteTogether<TSimd>(nint place, int first)
            where TSimd : struct, ISimd<TSimd>
        {
            Elements<TSimd> elements0 = Load<TSimd>(place), elements1 = Load<TSimd>(place + TSimd.Width);
            Elements<TSimd> elements2 = Load<TSimd>(place + 2 * TSimd.Width), elements3 = Load<TSimd>(place + 3 * TSimd.Width);
            for (int step = first; step < logged; step++)
            {
                TRule rule = rules[step];
                elements0.Update(rule);
                elements1.Update(rule);
                elements2.Update(rule);
                elements3.Update(rule);
            }

            Store(elements0, place);
            Store(elements1, place + TSimd.Width);
            Store(elements2, place + 2 * TSimd.Width);
            Store(elements3, place + 3 * TSimd.Width);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Complete<TSimd>(nint place, int available, int first)
            where TSimd : struct, ISimd<TSimd>
        {
            Elements<TSimd> elements = Load<TSimd>(place, available);
            for (int step = first; step < logged; step++)
                elements.Update(rules[step]);
            Store(elements, place, available);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Elements<TSimd> Load<TSimd>(nint place, int available = int.MaxValue)
            where TSimd : struct, ISimd<TSimd>
        {
            float* slot0 = slots + place, slot1 = slot0 + slotStride, slot2 = slot1 + slotStride;
            return new()
            {
                Value = PartialVector.Load<TSimd>(values + place, available),
                Slot0 = TRule.SlotCount > 0 ? PartialVector.Load<TSimd>(slot0, available) : TSimd.Zero,
                Slot1 = TRule.SlotCount > 1 ? PartialVector.Load<TSimd>(slot1, available) : TSimd.Zero,
                Slot2 = TRule.SlotCount > 2 ? PartialVector.Load<TSimd>(slot2, available) : TSimd.Zero,
            };
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store<TSimd>(in Elements<TSimd> elements, nint place, int available = int.MaxValue)
            where TSimd : struct, ISimd<TSimd>
        {
            float* slot0 = slots + place, slot1 = slot0 + slotStride, slot2 = slot1 + slotStride;
            PartialVector.Store(elements.Value, values + place, available);
            if (TRule.SlotCount > 0)
                PartialVector.Store(elements.Slot0, slot0, available);
            if (TRule.SlotCount > 1)
                PartialVector.Store(elements.Slot1, slot1, available);
            if (TRule.SlotCount > 2)
                PartialVector.Store(elements.Slot2, slot2, available);
        }
    }

    /// <summary>A register of values with their slots.</summary>
    private struct Elements<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        public TSimd Value, Slot0, Slot1, Slot2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update(TRule rule) => rule.Update(ref Value, TSimd.Zero, ref Slot0, ref Slot1, ref Slot2);
    }
}
