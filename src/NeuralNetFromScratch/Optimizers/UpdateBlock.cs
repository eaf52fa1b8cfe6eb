using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>A part of the parameters with its gradients and slots. All spans have the same length.</summary>
public readonly ref struct UpdateBlock
{
    private readonly Span<float> _slots;
    private readonly int _slotStride;
    private readonly int _start;
    private readonly SimdWidth _width = SimdWidths.Best;
    private readonly RowList _rows;
    private readonly DeferredUpdates? _deferred;
    private readonly PenaltyRule? _penalty;
    private readonly Engine? _engine;

    /// <summary>Creates a block.</summary>
    /// <param name="values">The values of the parameters: [n].</param>
    /// <param name="gradients">The gradients of the parameters: [n].</param>
    /// <param name="slots">All slots of the rule, one after another, each as long as <paramref name="values"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public UpdateBlock(Span<float> values, Span<float> gradients, Span<float> slots)
        : this(values, gradients, slots, values.Length, 0)
    {
    }

    /// <summary>A block, of which some rows alone are updated if there is a list of them, by a rule of the library.</summary>
    internal UpdateBlock(SimdWidth width, Span<float> values, Span<float> gradients, Span<float> slots, int slotStride, int start, RowList rows = default)
        : this(values, gradients, slots, slotStride, start)
    {
        _width = width;
        _rows = rows;
    }

    /// <summary>A block of the rows without gradients, whose update by a rule of the library is deferred.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="deferred">The deferred updates.</param>
    /// <param name="updated">The rows that have been updated.</param>
    /// <param name="penalty">What precedes the rule; null for nothing.</param>
    internal UpdateBlock(Engine engine, DeferredUpdates deferred, GradientRows updated, PenaltyRule? penalty)
    {
        _penalty = penalty;
        _engine = engine;
        _deferred = deferred;
        _start = updated.First;
        _rows = new RowList(updated.Numbers, 1);
    }

    private UpdateBlock(Span<float> values, Span<float> gradients, Span<float> slots, int slotStride, int start)
    {
        if (gradients.Length != values.Length)
            throw new ArgumentException($"expected {values.Length} gradients, got {gradients.Length}", nameof(gradients));
        Values = values;
        Gradients = gradients;
        _slots = slots;
        _slotStride = slotStride;
        _start = start;
    }

    /// <summary>The values, which the rule updates: [n].</summary>
    public Span<float> Values { get; }

    /// <summary>The derivatives of the loss with respect to the values: [n].</summary>
    public Span<float> Gradients { get; }

    /// <summary>Returns one of the values that the rule stores for each element: [n]. They are 0 before the first step.</summary>
    /// <param name="slot">The index of the slot, 0 to <see cref="Optimizer.SlotCount"/> − 1.</param>
    public Span<float> Slot(int slot) => _slots.Slice(slot * _slotStride + _start, Values.Length);

    /// <summary>Applies one of the library's rules to the block.</summary>
    internal void Apply<TRule>(TRule rule)
        where TRule : struct, IUpdateRule
    {
        if (_deferred is not null)
        {
            if (_penalty is { } penalty)
                _deferred.Log(_engine!, new PenalizedRule<TRule>(penalty, rule), _start, _rows.Numbers);
            else
                _deferred.Log(_engine!, rule, _start, _rows.Numbers);
            return;
        }

        Span<float> slot0 = TRule.SlotCount > 0 ? Slot(0) : [], slot1 = TRule.SlotCount > 1 ? Slot(1) : [], slot2 = TRule.SlotCount > 2 ? Slot(2) : [];
        if (_rows.Width > 0)
            UpdatePass.RunRows(_width, rule, _rows, Values, Gradients, slot0, slot1, slot2);
        else
            UpdatePass.Run(_width, rule, Values, Gradients, slot0, slot1, slot2);
    }
}

/// <summary>The step of an update.</summary>
/// <param name="Number">The number of the step, from 1.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Momentum">The momentum, or β₁ of Adam, if a schedule sets it; null for that of the optimizer. Default: null.</param>
public readonly record struct UpdateStep(long Number, float LearningRate, float? Momentum = null);

/// <summary>
/// The stage between the gradients and the optimizer's rule: <c>g ← clamp(scale·g, ±clip) + l2·w + l1·sign(w)</c>, <c>w ← shrink·w</c>. The
/// gradient is passed as the slot, so that its new value is stored.
/// </summary>
internal readonly struct PenaltyRule(float scale, float clip, float l2, float l1, float shrink) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd most = TSimd.Broadcast(clip), least = TSimd.Zero - most, scaled = TSimd.Broadcast(scale) * gradient;
        slot0 = Add(ref value, TSimd.SelectLess(most, scaled, most, TSimd.SelectLess(scaled, least, least, scaled)));
    }

    /// <summary>Adds the penalties to a clipped gradient, and applies the decay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Add<TSimd>(ref TSimd value, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sign = TSimd.Broadcast(l1), sum = TSimd.MultiplyAdd(TSimd.Broadcast(l2), value, gradient);
        sum += TSimd.SelectLess(TSimd.Zero, value, sign, TSimd.SelectLess(value, TSimd.Zero, TSimd.Zero - sign, TSimd.Zero));
        value = TSimd.Broadcast(shrink) * value;
        return sum;
    }
}

/// <summary>A penalty and then an optimizer's rule, for gradients of zero, which need no scaling and no clipping.</summary>
internal readonly struct PenalizedRule<TRule>(PenaltyRule penalty, TRule rule) : IUpdateRule
    where TRule : struct, IUpdateRule
{
    public static int SlotCount => TRule.SlotCount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd> => rule.Update(ref value, penalty.Add(ref value, gradient), ref slot0, ref slot1, ref slot2);
}

/// <summary>An exponential moving average: <c>a ← a + share·(x − a)</c>. The average is passed as the value and x as the gradient.</summary>
internal readonly struct AverageRule(float share) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd> => value = TSimd.MultiplyAdd(TSimd.Broadcast(share), gradient - value, value);
}

/// <summary>Running statistics: <c>r ← (1 − share)·r + share·g</c>. The batch's statistic g is passed as the gradient.</summary>
internal readonly struct MixRule(float share) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd> =>
        value = TSimd.MultiplyAdd(TSimd.Broadcast(share), gradient, TSimd.Broadcast(1 - share) * value);
}

/// <summary>Scales each column of a weight whose norm is above a bound to that norm.</summary>
internal ref struct NormBound : IColumnOperation
{
    /// <summary>[rows, columns].</summary>
    public MatrixView Values;
    public float Bound;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        Columns<TSimd> values = new(Values, column, Values.Rows);
        TSimd bound = TSimd.Broadcast(Bound), norm = TSimd.Sqrt(ColumnPass.Sum<TSimd, Square<TSimd>>(new(values), Values.Rows));
        TSimd factor = TSimd.SelectLess(bound, norm, bound / norm, TSimd.Broadcast(1));
        for (int row = 0; row < Values.Rows; row++)
            values[row] = factor * values[row];
    }

    private readonly ref struct Square<TSimd>(Columns<TSimd> values) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly Columns<TSimd> _values = values;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row)
        {
            TSimd value = _values[row];
            return value * value;
        }
    }
}
