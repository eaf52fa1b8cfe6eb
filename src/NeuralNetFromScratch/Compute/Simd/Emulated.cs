using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Registers whose sums of products round once a step without an instruction for it. All else is that of the registers themselves.</summary>
internal readonly unsafe struct Emulated<TSimd>(TSimd lanes) : ISimd<Emulated<TSimd>>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly TSimd _lanes = lanes;

    public static int Width => TSimd.Width;

    public static Emulated<TSimd> Zero => new(TSimd.Zero);

    public static Emulated<TSimd> Broadcast(float value) => new(TSimd.Broadcast(value));

    public static Emulated<TSimd> Load(float* source) => new(TSimd.Load(source));

    public static Emulated<TSimd> Load(ref readonly float source) => new(TSimd.Load(in source));

    public static void Store(Emulated<TSimd> value, float* destination) => TSimd.Store(value._lanes, destination);

    public static void Store(Emulated<TSimd> value, ref float destination) => TSimd.Store(value._lanes, ref destination);

    public static Emulated<TSimd> LoadPartial(float* source, int count) => new(TSimd.LoadPartial(source, count));

    public static void StorePartial(Emulated<TSimd> value, float* destination, int count) => TSimd.StorePartial(value._lanes, destination, count);

    public static Emulated<TSimd> operator +(Emulated<TSimd> left, Emulated<TSimd> right) => new(left._lanes + right._lanes);

    public static Emulated<TSimd> operator -(Emulated<TSimd> left, Emulated<TSimd> right) => new(left._lanes - right._lanes);

    public static Emulated<TSimd> operator *(Emulated<TSimd> left, Emulated<TSimd> right) => new(left._lanes * right._lanes);

    public static Emulated<TSimd> operator /(Emulated<TSimd> left, Emulated<TSimd> right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Emulated<TSimd> MultiplyAdd(Emulated<TSimd> left, Emulated<TSimd> right, Emulated<TSimd> addend) =>
        new(TSimd.MultiplyAddEmulated(left._lanes, right._lanes, addend._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Emulated<TSimd> MultiplyAddEmulated(Emulated<TSimd> left, Emulated<TSimd> right, Emulated<TSimd> addend) => MultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Emulated<TSimd> sum, Emulated<TSimd> left, Emulated<TSimd> right) =>
        sum = new(TSimd.MultiplyAddEmulated(left._lanes, right._lanes, sum._lanes));

    public static Emulated<TSimd> Abs(Emulated<TSimd> value) => new(TSimd.Abs(value._lanes));

    public static Emulated<TSimd> Sqrt(Emulated<TSimd> value) => new(TSimd.Sqrt(value._lanes));

    public static Emulated<TSimd> FlushSubnormals(Emulated<TSimd> value) => new(TSimd.FlushSubnormals(value._lanes));

    public static Emulated<TSimd> Exp(Emulated<TSimd> value) => SimdFunctions.Exp(value);

    public static Emulated<TSimd> Log(Emulated<TSimd> value) => SimdFunctions.Log(value);

    public static Emulated<TSimd> PowerOfTwo(Emulated<TSimd> exponent) => new(TSimd.PowerOfTwo(exponent._lanes));

    public static Emulated<TSimd> SplitExponent(Emulated<TSimd> value, out Emulated<TSimd> exponent)
    {
        var fraction = TSimd.SplitExponent(value._lanes, out TSimd whole);
        exponent = new(whole);
        return new(fraction);
    }

    public static Emulated<TSimd> SelectLess(Emulated<TSimd> left, Emulated<TSimd> right, Emulated<TSimd> whenTrue, Emulated<TSimd> whenFalse) =>
        new(TSimd.SelectLess(left._lanes, right._lanes, whenTrue._lanes, whenFalse._lanes));

    public static Emulated<TSimd> SelectLessOrEqual(Emulated<TSimd> left, Emulated<TSimd> right, Emulated<TSimd> whenTrue, Emulated<TSimd> whenFalse) =>
        new(TSimd.SelectLessOrEqual(left._lanes, right._lanes, whenTrue._lanes, whenFalse._lanes));
}
