using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>4 floats in a 128-bit register.</summary>
internal unsafe struct Simd128(Vector128<float> lanes) : ISimd<Simd128>
{
    private Vector128<float> _lanes = lanes;

    public static int Width => 4;

    public static bool HasThirtyTwoRegisters => AdvSimd.Arm64.IsSupported;

    public static bool MultipliesByLane => AdvSimd.Arm64.IsSupported;

    public static Simd128 Zero => new(Vector128<float>.Zero);

    public static Simd128 Broadcast(float value) => new(Vector128.Create(value));

    public static Simd128 Load(float* source) => new(Vector128.Load(source));

    public static Simd128 Load(ref readonly float source) => new(Vector128.LoadUnsafe(in source));

    public static void Store(Simd128 value, float* destination) => value._lanes.Store(destination);

    public static void Store(Simd128 value, ref float destination) => value._lanes.StoreUnsafe(ref destination);

    public static Simd128 LoadPartial(float* source, int count) => PartialVector.LoadPartial<Simd128>(source, count);

    public static void StorePartial(Simd128 value, float* destination, int count) => PartialVector.StorePartial(value, destination, count);

    public static Simd128 operator +(Simd128 left, Simd128 right) => new(left._lanes + right._lanes);

    public static Simd128 operator -(Simd128 left, Simd128 right) => new(left._lanes - right._lanes);

    public static Simd128 operator *(Simd128 left, Simd128 right) => new(left._lanes * right._lanes);

    public static Simd128 operator /(Simd128 left, Simd128 right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 MultiplyAdd(Simd128 left, Simd128 right, Simd128 addend)
    {
        if (Fma.IsSupported || AdvSimd.IsSupported)
            return new(Vector128.MultiplyAddEstimate(left._lanes, right._lanes, addend._lanes));
        return new(EmulatedMultiplyAdd.Of(left._lanes, right._lanes, addend._lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 MultiplyAddEmulated(Simd128 left, Simd128 right, Simd128 addend) => new(EmulatedMultiplyAdd.Of(left._lanes, right._lanes, addend._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Simd128 sum, Simd128 left, Simd128 right) =>
        sum._lanes = Vector128.MultiplyAddEstimate(left._lanes, right._lanes, sum._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Factor(float value) => new(AdvSimd.Arm64.IsSupported ? Vector128.CreateScalarUnsafe(value) : Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddMultiple(ref Simd128 sum, Simd128 factor, Simd128 value)
    {
        if (AdvSimd.Arm64.IsSupported)
            sum._lanes = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(sum._lanes, value._lanes, factor._lanes, 0);
        else
            AddProduct(ref sum, factor, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddMultiples(Simd128 factors, Simd128 value, ref Simd128 sum0, ref Simd128 sum1, ref Simd128 sum2, ref Simd128 sum3)
    {
        sum0._lanes = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(sum0._lanes, value._lanes, factors._lanes, 0);
        sum1._lanes = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(sum1._lanes, value._lanes, factors._lanes, 1);
        sum2._lanes = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(sum2._lanes, value._lanes, factors._lanes, 2);
        sum3._lanes = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(sum3._lanes, value._lanes, factors._lanes, 3);
    }

    public static Simd128 Abs(Simd128 value) => new(Vector128.Abs(value._lanes));

    public static Simd128 Sqrt(Simd128 value) => new(Vector128.Sqrt(value._lanes));

    public static Simd128 FlushSubnormals(Simd128 value) =>
        new(Vector128.ConditionalSelect(
            Vector128.Equals(value._lanes.AsInt32() & Vector128.Create(FloatBits.Exponent), Vector128<int>.Zero).AsSingle(), Vector128<float>.Zero, value._lanes));

    public static Simd128 Exp(Simd128 value) => SimdFunctions.Exp(value);

    public static Simd128 Log(Simd128 value) => SimdFunctions.Log(value);

    public static Simd128 PowerOfTwo(Simd128 exponent) =>
        new((((exponent._lanes + Vector128.Create(FloatBits.Rounder)).AsInt32() << FloatBits.Fraction) + Vector128.Create(FloatBits.One)).AsSingle());

    public static Simd128 SplitExponent(Simd128 value, out Simd128 exponent)
    {
        Vector128<int> bits = value._lanes.AsInt32(), e = (bits - Vector128.Create(FloatBits.RootHalf)) >> FloatBits.Fraction;
        exponent = new(Vector128.ConvertToSingle(e));
        return new((bits - (e << FloatBits.Fraction)).AsSingle());
    }

    public static Simd128 SelectLess(Simd128 left, Simd128 right, Simd128 whenTrue, Simd128 whenFalse) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left._lanes, right._lanes), whenTrue._lanes, whenFalse._lanes));

    public static Simd128 SelectLessOrEqual(Simd128 left, Simd128 right, Simd128 whenTrue, Simd128 whenFalse) =>
        new(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(left._lanes, right._lanes), whenTrue._lanes, whenFalse._lanes));
}
