using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>16 floats in a 512-bit register.</summary>
internal unsafe struct Simd512(Vector512<float> lanes) : ISimd<Simd512>
{
    private Vector512<float> _lanes = lanes;

    public static int Width => 16;

    public static bool HasThirtyTwoRegisters => true;

    public static Simd512 Zero => new(Vector512<float>.Zero);

    public static Simd512 Broadcast(float value) => new(Vector512.Create(value));

    public static Simd512 Load(float* source) => new(Vector512.Load(source));

    public static Simd512 Load(ref readonly float source) => new(Vector512.LoadUnsafe(in source));

    public static void Store(Simd512 value, float* destination) => value._lanes.Store(destination);

    public static void Store(Simd512 value, ref float destination) => value._lanes.StoreUnsafe(ref destination);

    public static Simd512 LoadPartial(float* source, int count) =>
        Avx512F.IsSupported ? new(Avx512F.MaskLoad(source, Mask(count), Vector512<float>.Zero)) : PartialVector.LoadPartial<Simd512>(source, count);

    public static void StorePartial(Simd512 value, float* destination, int count)
    {
        if (Avx512F.IsSupported)
            Avx512F.MaskStore(destination, Mask(count), value._lanes);
        else
            PartialVector.StorePartial(value, destination, count);
    }

    public static Simd512 operator +(Simd512 left, Simd512 right) => new(left._lanes + right._lanes);

    public static Simd512 operator -(Simd512 left, Simd512 right) => new(left._lanes - right._lanes);

    public static Simd512 operator *(Simd512 left, Simd512 right) => new(left._lanes * right._lanes);

    public static Simd512 operator /(Simd512 left, Simd512 right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 MultiplyAdd(Simd512 left, Simd512 right, Simd512 addend)
    {
        if (Fma.IsSupported || AdvSimd.IsSupported)
            return new(Vector512.MultiplyAddEstimate(left._lanes, right._lanes, addend._lanes));
        return new(EmulatedMultiplyAdd.Of(left._lanes, right._lanes, addend._lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 MultiplyAddEmulated(Simd512 left, Simd512 right, Simd512 addend) => new(EmulatedMultiplyAdd.Of(left._lanes, right._lanes, addend._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Simd512 sum, Simd512 left, Simd512 right) =>
        sum._lanes = Vector512.MultiplyAddEstimate(left._lanes, right._lanes, sum._lanes);

    public static bool HasCheaperHalf => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddHalfMultiple(ref Simd512 sum, Simd512 factor, Simd512 value) =>
        sum._lanes = Vector256.MultiplyAddEstimate(factor._lanes.GetLower(), value._lanes.GetLower(), sum._lanes.GetLower()).ToVector512Unsafe();

    public static Simd512 Abs(Simd512 value) => new(Vector512.Abs(value._lanes));

    public static Simd512 Sqrt(Simd512 value) => new(Vector512.Sqrt(value._lanes));

    public static Simd512 FlushSubnormals(Simd512 value) =>
        new(Vector512.ConditionalSelect(
            Vector512.Equals(value._lanes.AsInt32() & Vector512.Create(FloatBits.Exponent), Vector512<int>.Zero).AsSingle(), Vector512<float>.Zero, value._lanes));

    public static Simd512 Exp(Simd512 value) => SimdFunctions.Exp(value);

    public static Simd512 Log(Simd512 value) => SimdFunctions.Log(value);

    public static Simd512 PowerOfTwo(Simd512 exponent) =>
        new((((exponent._lanes + Vector512.Create(FloatBits.Rounder)).AsInt32() << FloatBits.Fraction) + Vector512.Create(FloatBits.One)).AsSingle());

    public static Simd512 SplitExponent(Simd512 value, out Simd512 exponent)
    {
        Vector512<int> bits = value._lanes.AsInt32(), e = (bits - Vector512.Create(FloatBits.RootHalf)) >> FloatBits.Fraction;
        exponent = new(Vector512.ConvertToSingle(e));
        return new((bits - (e << FloatBits.Fraction)).AsSingle());
    }

    public static Simd512 SelectLess(Simd512 left, Simd512 right, Simd512 whenTrue, Simd512 whenFalse) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._lanes, right._lanes), whenTrue._lanes, whenFalse._lanes));

    public static Simd512 SelectLessOrEqual(Simd512 left, Simd512 right, Simd512 whenTrue, Simd512 whenFalse) =>
        new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(left._lanes, right._lanes), whenTrue._lanes, whenFalse._lanes));

    private static Vector512<float> Mask(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
