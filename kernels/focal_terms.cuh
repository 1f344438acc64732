// What the focal terms of probabilities and of logits have in common. A row is read once and stays in registers; what the labels cost is
// done for whole groups of elements, or not at all where none of a group has one. All is in single precision but for sums over a row.
#pragma once
#include "rows.cuh"

// Soft labels [rows, classes], or class numbers [rows] where those are null; a number that is no class is no label.
struct Labels
{
    const float* soft;
    const int* numbers;
    const float* alpha;
    u32 alphas;
    float gamma, poly;

    // How many factors make u^gamma where gamma is a small whole number, else -1.
    METHOD int factors() const { return gamma >= 0.0f && gamma <= 8.0f && (float)(int)gamma == gamma ? (int)gamma : -1; }

    // The weights of the classes from c on; 0 beyond the last.
    template <u32 N>
    METHOD Numbers<N> weights(u32 c) const
    {
        if (alphas == 1)
            return Numbers<N>::of([&](u32) { return alpha[0]; });
        return Numbers<N>::of([&](u32 i) { return c + i < alphas ? alpha[c + i] : 0.0f; });
    }
};

// The labels of a row by its slots.
template <class Row>
struct RowLabels
{
    Row soft;
    u32 number;
    bool isNumber;

    METHOD RowLabels(const Labels& labels, const RowPlace& place)
        : soft(labels.numbers ? Row(place) : Row(labels.soft, place, 0.0f)),
          number(labels.numbers && place.inside ? (u32)labels.numbers[place.row] : ~0u), isNumber(labels.numbers)
    {
        // Slots beyond the row have no label either.
        number = number < place.length ? number : ~0u;
        if (Row::IsHeld && isNumber)
            each(soft, [&](u32 slot) { soft.set(slot, soft.index(slot) == number ? 1.0f : 0.0f); });
    }

    // Puts something else of a row that is held in the label's place.
    METHOD void hold(u32 slot, float value) { soft.set(slot, value); }
    METHOD float get(u32 slot) const { return Row::IsHeld || !isNumber ? soft.get(slot) : soft.index(slot) == number ? 1.0f : 0.0f; }
};

template <u32 N>
struct Powers
{
    Numbers<N> power, slope;
};

// u^gamma for u in [0, 1], and its derivative gamma·u^(gamma - 1), which is 0 for u = 0 where it would be infinite; 0^0 is 1. gamma is the
// same for all rows, and factors what Labels says of it.
template <u32 N>
DEVICE Powers<N> focal_powers(const Numbers<N>& u, float gamma, int factors)
{
    if (factors == 0)
        return {Numbers<N>::of([](u32) { return 1.0f; }), Numbers<N>::of([](u32) { return 0.0f; })};
    if (factors > 0)
    {
        Numbers<N> less = Numbers<N>::of([](u32) { return 1.0f; });
#pragma unroll 1
        for (int i = 1; i < factors; i++)
            less = Numbers<N>::of([&](u32 k) { return less.v[k] * u.v[k]; });
        return {Numbers<N>::of([&](u32 k) { return less.v[k] * u.v[k]; }), Numbers<N>::of([&](u32 k) { return gamma * less.v[k]; })};
    }

    // One after the other, moving up: the code, which is long, stands here once.
    Numbers<N> power = u;
#pragma unroll 1
    for (u32 i = 0; i < N; i++)
    {
        float next = fraction_power(power.v[0], gamma);
        power = Numbers<N>::of([&](u32 k) { return k + 1 < N ? power.v[(k + 1) % N] : next; });
    }

    return {power, Numbers<N>::of([&](u32 k) { return u.v[k] == 0.0f ? 0.0f : gamma * power.v[k] / u.v[k]; })};
}
